// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.contract.Json;
import dev.streampane.contract.PublishedResult;
import dev.streampane.pipeline.contract.LineProtocol;
import dev.streampane.pipeline.contract.Output;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Writes the results of one specification as line protocol, several lines per message. A message is sent before each watermark, so that the
 * panes of one firing share it, before each checkpoint, at the end of the input, and when it has {@value #FULL} characters. Nothing is kept
 * across a checkpoint, so that there is no state.
 *
 * <p>The lines of a name keep the order of its results. A result has no line if it has no key (it is over all names), if it is not complete (its
 * line would overwrite the one of a generation that read everything), or if its window ends after {@link LineProtocol#LAST_TIME}; metric
 * {@value #WITHOUT_LINE} counts these.
 */
final class WriteLines extends AbstractStreamOperator<Output> implements OneInputStreamOperator<Output, Output> {

    static final String WITHOUT_LINE = "resultsWithoutLine";

    /** A message of this many characters is sent; it has at most 3 times as many bytes, far below a topic's limit of 1 MiB. */
    static final int FULL = 65_536;

    private final String spec;
    private transient StringBuilder lines;
    private transient Counter withoutLine;

    /**
     * @param spec the canonical specification whose results are written
     */
    WriteLines(String spec) {
        this.spec = spec;
    }

    @Override
    public void open() throws Exception {
        super.open();
        lines = new StringBuilder();
        withoutLine = getMetricGroup().counter(WITHOUT_LINE, new SimpleCounter());
    }

    @Override
    public void processElement(StreamRecord<Output> element) {
        if (element.getValue().channel() == Output.Channel.RESULTS) {
            PublishedResult.read(Json.read(element.getValue().value()))
                    .filter(result -> result.spec().equals(spec) && !result.isRetracted())
                    .ifPresent(this::write);
        }
    }

    private void write(PublishedResult result) {
        if (!result.version().complete()
                || result.key().isEmpty()
                || result.end().isAfter(LineProtocol.LAST_TIME)) {
            withoutLine.inc();
            return;
        }
        JsonNode average = result.json().path("values").path(TimeSeriesSpeedTopology.AVERAGE);
        if (average.isNumber()) {
            lines.append(LineProtocol.number(result.key(), average.decimalValue(), result.end()));
        }
        JsonNode last = result.json().path("values").path(TimeSeriesSpeedTopology.LAST);
        if (last.isTextual()) {
            lines.append(LineProtocol.text(result.key(), last.textValue(), result.end()));
        }
        if (lines.length() >= FULL) {
            send();
        }
    }

    @Override
    public void processWatermark(Watermark watermark) throws Exception {
        send();
        super.processWatermark(watermark);
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) {
        send();
    }

    @Override
    public void finish() throws Exception {
        send();
        super.finish();
    }

    long withoutLine() {
        return withoutLine.getCount();
    }

    private void send() {
        if (!lines.isEmpty()) {
            output.collect(new StreamRecord<>(LineProtocol.output(lines.toString())));
            lines.setLength(0);
        }
    }
}
