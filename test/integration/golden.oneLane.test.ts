import { testTrajectories } from "../golden/replay.ts";

testTrajectories(1);
