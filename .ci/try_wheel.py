"""Use an installed wheel as its first user would: with no network, no repository and no Node."""

import importlib.metadata
import importlib.resources

import np_widgets as npw

files = importlib.resources.files("np_widgets")
for part in (
    "py.typed",
    "demo/weights.npz",
    "saelens/ids.json.gz",
    "widgets/static/heatmap.js",
    "widgets/static/dashboard.page.js",
):
    assert files.joinpath(part).is_file(), part
assert not files.joinpath("demo/training").is_dir()
assert not files.joinpath("saelens/collect.py").is_file()
assert not [f for f in importlib.metadata.files("np_widgets") or [] if "tests" in f.parts]

npw.use("demo")
dashboard = npw.FeatureDashboard(f"{npw.DemoSource.model}/{npw.DemoSource.source}/0", text="The cat went to Paris.")
assert dashboard.error is None, dashboard.error
assert dashboard.answer is not None
assert len(dashboard.to_html()) > 50_000
assert "text/html" in dashboard._repr_mimebundle_()[0]
heatmap = npw.ActivationHeatmap([" a", " b"], [0.0, 1.0])
assert heatmap.to_dataframe("tokens")["value"].tolist() == [0.0, 1.0]
print(f"np_widgets {npw.__version__}: the wheel works. {dashboard!r}")
