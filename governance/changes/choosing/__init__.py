"""Which signatures a change needs: the policies, chosen by what it touches and never by its author."""
