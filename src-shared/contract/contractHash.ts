/** Of the contract's schemas; made by test/docs/main.ts, and a test fails when it is stale. */
export const contractHash = "1c7dc068108d3968";
