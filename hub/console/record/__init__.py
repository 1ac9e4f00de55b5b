"""One message: what it is made of, where its values come from, and who may read them."""
