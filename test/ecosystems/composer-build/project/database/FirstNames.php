<?php

final class FirstNames
{
    public const COUNT = 1;
}
