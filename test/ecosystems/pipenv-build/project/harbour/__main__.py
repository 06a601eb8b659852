from itsdangerous import Signer

from harbour.text import greeting


def main() -> None:
    signed = Signer("not a secret").sign(greeting("harbour"))
    print(signed.decode())


if __name__ == "__main__":
    main()
