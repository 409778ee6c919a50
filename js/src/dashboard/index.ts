export default { render: () => () => {} };
