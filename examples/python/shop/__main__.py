import idna

print(idna.encode("häfen.example").decode())
