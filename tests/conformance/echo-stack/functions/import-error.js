require("a-package-that-nobody-packed");
exports.handler = async () => 1;
