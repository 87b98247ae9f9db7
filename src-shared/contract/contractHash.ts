/** Of the contract's schemas; made by test/docs/main.ts, and a test fails when it is stale. */
export const contractHash = "1da4b222bdf6fc16";
