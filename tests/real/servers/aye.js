// The smallest Express application: `node aye.js PORT`.
const express = require('express');

const app = express();
app.get('/', (request, response) => response.send('aye'));
app.listen(Number(process.argv[2]), '127.0.0.1');
