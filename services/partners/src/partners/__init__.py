"""Who and where: territories by vintage, organisations, coordinations, agreements, API clients and their tokens.

It is also the door to the outside: webhook endpoints, their lanes and deliveries live in its worker, which hears the
facts of all other services for them. It announces organisations, coordinations, agreements and territories; secrets
never leave it.
"""
