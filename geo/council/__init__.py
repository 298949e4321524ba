"""What people read: words, maps and exported files."""
