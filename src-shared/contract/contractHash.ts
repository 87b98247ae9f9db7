/** Of the contract's schemas; made by test/docs/main.ts, and a test fails when it is stale. */
export const contractHash = "bda86a375f61ed9c";
