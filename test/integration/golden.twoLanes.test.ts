import { testTrajectories } from "../golden/replay.ts";

testTrajectories(2);
