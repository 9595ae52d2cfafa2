// MartletTesting: placeholder until its room is built.
