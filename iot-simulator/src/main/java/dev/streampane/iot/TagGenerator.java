// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import static java.nio.charset.StandardCharsets.UTF_8;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import dev.streampane.simulation.Generator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The rows of all tags in turn, evenly over the second, many to a message (contract time-series/v1), some of them old on purpose.
 *
 * <p>10 rows/s and up to 4 rows per message: messages of the rows at 0.0 to 0.3, 0.4 to 0.7 and 0.8 to 0.9 s, each due with its last row.
 *
 * <p>The counts may be read by any thread.
 */
final class TagGenerator implements Generator {

    private static final long SECOND_MILLIS = 1000;
    private static final CsvWriter.CsvWriterBuilder CSV = CsvWriter.builder().lineDelimiter(LineDelimiter.CRLF);

    private final List<Tag> tags = new ArrayList<>();
    private final IotConfig.Tags settings;
    private final SplittableRandom random;
    private final LongAdder rows = new LongAdder();
    private final LongAdder oldRows = new LongAdder();

    private long rate;
    private long anchorMillis;
    private long anchorRow;
    private long nextRow;
    private int nextRows;
    private long messages;

    TagGenerator(IotConfig config, long startMillis) {
        this.settings = config.tags();
        this.random = new SplittableRandom(settings.seed().orElse(config.seed()));
        addNumbers(settings.integers(), 0);
        addNumbers(settings.doubles(), 3);
        names(settings.strings())
                .forEach(name -> tags.add(Tag.texts(name, settings.strings().texts())));
        this.rate = settings.rate();
        this.anchorMillis = startMillis;
        planMessage();
    }

    private void addNumbers(IotConfig.NumberTags numbers, int decimals) {
        names(numbers).forEach(name -> tags.add(Tag.numbers(name, numbers.min(), numbers.max(), decimals, random)));
    }

    /** {@code <prefix>001} and so on. */
    private static Stream<String> names(IotConfig.TagNames names) {
        return IntStream.range(names.first(), names.first() + names.count())
                .mapToObj(number -> names.prefix() + String.format(Locale.ROOT, "%03d", number));
    }

    @Override
    public long nextDueMillis() {
        return rowMillis(nextRow + nextRows - 1);
    }

    /** A message, without a key. */
    @Override
    public Optional<Generated> next() {
        long dueMillis = nextDueMillis();
        byte[] message = message();
        planMessage();
        return Optional.of(new Generated(messages++, null, dueMillis, Map.of(), eventTimeMillis -> message, false));
    }

    /** Before the start the new rate begins at the start; one that it has already changes nothing. */
    @Override
    public void rate(long wanted, long fromMillis) {
        if (wanted == rate) {
            return;
        }
        anchorMillis = Math.min(fromMillis, rowMillis(nextRow));
        anchorRow = nextRow;
        rate = wanted;
        planMessage();
    }

    @Override
    public boolean finished() {
        return false;
    }

    /** Rows so far. */
    public long rows() {
        return rows.sum();
    }

    /** Those of them that were old on purpose. */
    public long oldRows() {
        return oldRows.sum();
    }

    /** How many rows the next message has: up to its size, and none of another second than its first. */
    private void planMessage() {
        long second = Math.floorDiv(rowMillis(nextRow), SECOND_MILLIS);
        nextRows = 1;
        while (nextRows < settings.rowsPerMessage()
                && Math.floorDiv(rowMillis(nextRow + nextRows), SECOND_MILLIS) == second) {
            nextRows++;
        }
    }

    private long rowMillis(long row) {
        return anchorMillis + (row - anchorRow) * SECOND_MILLIS / rate;
    }

    private byte[] message() {
        var csv = new StringWriter();
        try (CsvWriter writer = CSV.build(csv)) {
            for (int row = 0; row < nextRows; row++) {
                Tag tag = tags.get((int) (nextRow % tags.size()));
                writer.writeRecord(step(rowMillis(nextRow)), tag.name(), tag.next(random));
                nextRow++;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        rows.add(nextRows);
        return csv.toString().getBytes(UTF_8);
    }

    private String step(long millis) {
        boolean old = random.nextDouble() < settings.old().probability();
        long age = old ? random.nextLong(1, settings.old().by().toMillis() + 1) : 0;
        if (old) {
            oldRows.increment();
        }
        return Instant.ofEpochMilli(Math.max(0, millis - age)).toString();
    }
}
