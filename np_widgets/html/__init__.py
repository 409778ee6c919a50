"""Static HTML for places without a kernel: GitHub, nbviewer, nbconvert, an untrusted notebook, mail.

JupyterLab's sanitiser keeps ``style``, ``title``, tables and ``<details>``, and drops ``<style>``, ``<svg>``,
``data-*``, ``role`` and CSS variables. So everything here is inline, with literal colours that read on white and on
black, and bars are boxes with a width. Every text goes through :func:`html.escape`.
"""

from np_widgets.html.answers import answer_html
from np_widgets.html.comparison import comparison_html, own_texts_html
from np_widgets.html.features import feature_html, histograms_html, logits_html
from np_widgets.html.ladder import ladder_html, two_runs_html
from np_widgets.html.pieces import message_html
from np_widgets.html.tables import table_html
from np_widgets.html.texts import activation_html, activations_html

__all__ = [
    "activation_html",
    "activations_html",
    "answer_html",
    "comparison_html",
    "feature_html",
    "histograms_html",
    "ladder_html",
    "logits_html",
    "message_html",
    "own_texts_html",
    "table_html",
    "two_runs_html",
]
