"""What a shell offers behind `phoenix` when Tab is pressed; nothing here loads what commands need."""
