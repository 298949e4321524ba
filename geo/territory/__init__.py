"""What the ground says: streets, walks, sectors. Pure functions of frames and arrays."""
