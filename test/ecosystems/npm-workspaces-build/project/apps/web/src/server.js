import { createServer } from 'node:http';
import { ready } from '@harbour/words';
import { high } from 'tides';

createServer((_, answer) => answer.end(`${ready} ${high}\n`)).listen(8080);
