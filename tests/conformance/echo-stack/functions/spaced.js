exports.handler = async () => ({ name: "a  b", list: [1, 2] });
