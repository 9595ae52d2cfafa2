// Temperatures
