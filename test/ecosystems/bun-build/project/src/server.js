import { createServer } from 'node:http';
import ms from 'ms';

createServer((_, answer) => answer.end(`ready after ${ms(1500)}\n`)).listen(8080);
