// Hands back whatever it finds on a board, without a pause, until it is told to stop; then says what it was.
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { StartBoard } from '../../dist/lease/start-board.js';

const board = new StartBoard(workerData);
const closed = [];
parentPort.postMessage('up');
while (receiveMessageOnPort(parentPort) === undefined) closed.push(...board.closeUnstarted());
parentPort.postMessage(closed);
parentPort.unref();
