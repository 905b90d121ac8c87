// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import dev.streampane.pipeline.job.BackOff;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource.NumberSequenceSplit;
import org.apache.flink.connector.base.source.reader.RecordsBySplits;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads lines from a server. Connects again, with growing pauses, when the server does not answer or closes the connection. {@link #wakeUp} may
 * be called by any thread; all other methods only by the fetcher's thread.
 */
final class SocketReader implements SplitReader<byte[], NumberSequenceSplit> {

    private static final Logger LOG = LoggerFactory.getLogger(SocketReader.class);
    private static final int CONNECT_TIMEOUT_MS = 2_000;
    private static final int LONGEST_FETCH_MS = 100;
    private static final int MOST_LINES = 1_000;

    private final String host;
    private final int port;
    private final Semaphore wakeUps = new Semaphore(0);
    private String split;
    private Socket socket;
    private InputStream received;
    private Lines lines;

    /** The number of connections that failed or ended since the last line. */
    private int failures;

    SocketReader(String host, int port) {
        this.host = host;
        this.port = port;
    }

    @Override
    public RecordsWithSplitIds<byte[]> fetch() {
        var records = new RecordsBySplits.Builder<byte[]>();
        try {
            connect();
            byte[] line;
            int count = 0;
            do {
                line = lines.next();
                if (line != null) {
                    records.add(split, line);
                    failures = 0;
                    count++;
                }
            } while (line != null && count < MOST_LINES && received.available() > 0);
            if (line == null) {
                lost("the server has ended it");
            }
        } catch (SocketTimeoutException e) {
            if (lines == null) {
                lost(e.getMessage());
            }
        } catch (IOException e) {
            lost(e.toString());
        }
        return records.build();
    }

    private void connect() throws IOException {
        if (lines != null) {
            return;
        }
        socket = new Socket();
        socket.connect(new InetSocketAddress(host, port), CONNECT_TIMEOUT_MS);
        socket.setSoTimeout(LONGEST_FETCH_MS);
        socket.setKeepAlive(true); // a server that has vanished is as silent as one that has nothing to send
        received = socket.getInputStream();
        lines = new Lines(received);
        LOG.info("Connected, host={} port={}", host, port);
    }

    private void lost(String cause) {
        disconnect();
        failures++;
        long wait = BackOff.OF_A_SERVER.millis(failures);
        LOG.warn("No connection, trying again, host={} port={} waitMs={} cause={}", host, port, wait, cause);
        try {
            wakeUps.tryAcquire(wait, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        wakeUps.drainPermits();
    }

    private void disconnect() {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException e) {
            LOG.debug("Connection does not close, host={} port={}", host, port, e);
        }
        lines = null;
        received = null;
        socket = null;
    }

    @Override
    public void handleSplitsChanges(SplitsChange<NumberSequenceSplit> change) {
        split = change.splits().get(0).splitId();
    }

    /** Ends a pause; reading never blocks for longer than {@value #LONGEST_FETCH_MS} ms. */
    @Override
    public void wakeUp() {
        wakeUps.release();
    }

    @Override
    public void close() {
        disconnect();
    }
}
