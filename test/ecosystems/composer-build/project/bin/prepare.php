<?php

// What the install prepares: it needs both the packages and the source.
require __DIR__ . '/../vendor/autoload.php';

file_put_contents(__DIR__ . '/../prepared.txt', class_exists(Example\Greeter::class) ? "ready\n" : "missing\n");
