<?php

namespace Example\Clock;

final class Clock
{
    public static function year(): int
    {
        return (int) date('Y');
    }
}
