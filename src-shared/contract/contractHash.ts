/** Of the contract's schemas; made by test/docs/main.ts, and a test fails when it is stale. */
export const contractHash = "a7a6eb062daa4cf1";
