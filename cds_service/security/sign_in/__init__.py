"""How people sign in to look at the pages: in production at the hospital's OpenID provider, in the demo by a token."""
