"""The pages of polls: slots put to the delegations, and what each says of them."""
