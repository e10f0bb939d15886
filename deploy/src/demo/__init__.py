"""The demonstration: one dossier played through the gateway, from the call for projects to the national figure.

A dossier is a file of steps with the expected states, figures and webhooks, so that another dossier is data and not
code. It knows the house only through its doors: HTTP through the gateway, the public topics, the signed webhooks.
"""
