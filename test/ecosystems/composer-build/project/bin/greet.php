<?php

use Example\Greeter;
use Psr\Log\NullLogger;

require __DIR__ . '/../vendor/autoload.php';

echo (new Greeter(new NullLogger()))->greet($argv[1] ?? 'world'), "\n";
