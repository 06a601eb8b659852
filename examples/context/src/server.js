const http = require('node:http');
const ms = require('ms');

http.createServer((_, response) => response.end(`up since ${ms(process.uptime() * 1000)}\n`)).listen(3000);
