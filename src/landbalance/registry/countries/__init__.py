"""What is known of countries, and since and until when."""
