// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The line protocol on Node.js (18.14 or newer).
//
// The module net gives the data of a read, whose lines are answered with one write. They are
// validated by isUtf8, which is C++ (simdutf); JavaScript has no function that counts code points,
// so that is a loop over the bytes, faster than one over a string. While the client doesn't read,
// nothing is read.

'use strict';

const {isAscii, isUtf8} = require('node:buffer');
const net = require('node:net');
const {parseArgs} = require('node:util');

const LF = 10;
const CR = 13;
const MAX_MESSAGE_BYTES = 1024 * 1024;
const TOO_LONG = `error: message longer than ${MAX_MESSAGE_BYTES} bytes\n`;

function countCodePoints(bytes) {
    if (isAscii(bytes)) return bytes.length;
    let count = 0;
    for (let i = 0; i < bytes.length; ++i) if ((bytes[i] & 0xc0) !== 0x80) ++count;
    return count;
}

/// Where the first sequence starts that is not well-formed.
function findError(bytes) {
    let i = 0;
    while (i < bytes.length) {
        const lead = bytes[i];
        const size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        if (!isUtf8(bytes.subarray(i, i + size))) break;
        i += size;
    }
    return i;
}

/// The reply to a line without its LF.
function replyTo(line) {
    const message = line[line.length - 1] === CR ? line.subarray(0, -1) : line;
    if (message.length > MAX_MESSAGE_BYTES) return TOO_LONG;
    if (isUtf8(message)) return `${countCodePoints(message)}\n`;
    return `error: invalid UTF-8 at byte ${findError(message)}\n`;
}

function talk(socket) {
    let pieces = [];  // of a line whose end has not arrived
    let pending = 0;  // their bytes

    function receive(data) {
        let replies = '';
        let start = 0;
        for (let end; (end = data.indexOf(LF, start)) >= 0; start = end + 1) {
            let line = data.subarray(start, end);
            if (pending > 0) {
                line = Buffer.concat([...pieces, line]);
                pieces = [];
                pending = 0;
            }
            const reply = replyTo(line);
            replies += reply;
            if (reply === TOO_LONG) return socket.end(replies);
        }
        if (start < data.length) {
            pieces.push(data.subarray(start));
            pending += data.length - start;
            if (pending >= MAX_MESSAGE_BYTES + 2) return socket.end(replies + TOO_LONG);
        }
        if (replies !== '' && !socket.write(replies, 'latin1')) socket.pause();
    }

    socket.on('data', (data) => { if (!socket.writableEnded) receive(data); });
    socket.on('drain', () => socket.resume());
    socket.on('error', () => socket.destroy());  // the client has gone
}

const {values} = parseArgs({
    options: {port: {type: 'string', default: '0'}, threads: {type: 'string', default: '1'}},
});
if (values.threads !== '1') {
    console.error('node_peer.js: --threads: only 1');
    process.exit(2);
}
const server = net.createServer({noDelay: true}, talk);
server.listen({host: '127.0.0.1', port: Number(values.port), backlog: 4096}, () => {
    console.log(`listening on 127.0.0.1:${server.address().port}`);
});
