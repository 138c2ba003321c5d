// Salesforce's own rules for Lightning web components; of the tests, Jest's globals too.
const recommended = require("@salesforce/eslint-config-lwc/recommended");
const jest = require("eslint-plugin-jest");

module.exports = [
    ...recommended.map((part) => ({ ...part, files: ["**/lwc/**/*.js"] })),
    {
        files: ["**/__tests__/**/*.js"],
        ...jest.configs["flat/recommended"],
        // Jest replaces the wire adapters, and the tests speak to the replacement.
        rules: { ...jest.configs["flat/recommended"].rules, "@lwc/lwc/no-unexpected-wire-adapter-usages": "off" }
    }
];
