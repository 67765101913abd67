"""What people bring: codings, how far they agree, and what is settled from them."""
