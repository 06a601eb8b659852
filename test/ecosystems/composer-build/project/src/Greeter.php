<?php

namespace Example;

use Example\Clock\Clock;
use Psr\Log\LoggerInterface;

final class Greeter
{
    public function __construct(private LoggerInterface $log)
    {
    }

    public function greet(string $name): string
    {
        $this->log->info('greeting {name}', ['name' => $name]);

        return shout("Hello $name, in " . Clock::year() . ' and ' . \FirstNames::COUNT);
    }
}
