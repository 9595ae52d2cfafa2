// Journal: placeholder until its room is built.
