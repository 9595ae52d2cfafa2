// The tests of each state machine stand in a file of its own; `SplitMix64` and `Seeds` serve the model-based ones.
