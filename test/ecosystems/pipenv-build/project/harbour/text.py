from markupsafe import escape


def greeting(name: str) -> str:
    return str(escape(f"<{name}>"))
