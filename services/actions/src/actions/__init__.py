"""The dossiers: campaigns, projects and their money, actions and their sessions, reports.

It is the only service in which a dossier moves: every verb of a project holder, a coordination, a committee or a
funder ends here, in one transaction, with a fact. It announces campaigns, projects, actions and reports, and keeps
what it must know of films, rights, organisations, coordinations and territories as it heard it from their owners.
"""
