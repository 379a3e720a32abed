"""`flask --app wsgi staff …`."""

import sys

import click
from flask.cli import AppGroup

from dordt.accounts import services
from dordt.accounts.rights import ROLE_RIGHTS
from dordt.shared import clock

staff_cli = AppGroup("staff", help="Members of staff.")


@staff_cli.command("create")
@click.option("--email", required=True, help="The address to sign in with.")
@click.option("--role", required=True, type=click.Choice(list(ROLE_RIGHTS)), help="What the member may do.")
@click.option("--name", default="", help="As colleagues see it; without it the part before the @.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def create_command(email: str, role: str, name: str, password_stdin: bool) -> None:
    """Make an account for one member of staff."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else click.prompt("Password", hide_input=True)
    try:
        member = services.create_member(email=email, name=name, role=role, password=password, at=clock.now())
    except services.AccountRefused as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"Made an account for {member.email}, with the role {role}.")
