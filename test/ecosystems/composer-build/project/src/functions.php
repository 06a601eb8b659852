<?php

namespace Example;

function shout(string $text): string
{
    return strtoupper($text);
}
