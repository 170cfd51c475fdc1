"""An agent in Python. Its access token is the password, the proxy is the database, and the rest is PyMySQL as ever."""

import base64
import json
import os
import urllib.parse
import urllib.request

import pymysql

env = os.environ


def access_token():
    """Gets a token with the agent's own secret: client credentials, RFC 6749, section 4.4."""
    login = f"{urllib.parse.quote(env['CLIENT_ID'])}:{urllib.parse.quote(env['CLIENT_SECRET'])}"
    form = urllib.parse.urlencode({"grant_type": "client_credentials", "resource": env["AUDIENCE"]})
    request = urllib.request.Request(env["TOKEN_ENDPOINT"], form.encode())
    request.add_header("Authorization", "Basic " + base64.b64encode(login.encode()).decode())
    with urllib.request.urlopen(request) as response:
        return json.load(response)["access_token"]


def main():
    connection = pymysql.connect(
        host=env["DB_HOST"],
        port=int(env["DB_PORT"]),
        user="support-agent+SUP-1042",  # a label, and the task
        password=access_token(),
        database=env["DB_NAME"],
        ssl={"ca": env["DB_CA"]},  # the token goes over TLS only
        autocommit=True,
    )
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT id, name, email FROM customers WHERE city = %s ORDER BY id", ["Bern"])
        for row in cursor.fetchall():
            print(row)
        print(cursor.execute("UPDATE orders SET status = %s WHERE id = %s", ["closed", 11]), "order closed")
        try:
            cursor.execute("DELETE FROM orders")
        except pymysql.MySQLError as error:
            # 1227 is what the proxy refuses with; the message names the rule.
            number, message = error.args
            print(f"refused ({number}): {message}")


main()
