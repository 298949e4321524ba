"""The street list of a school map: rows, numbers, names of streets, the schools of an address, faults."""
