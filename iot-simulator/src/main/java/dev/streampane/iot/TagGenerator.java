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
 * Generates rows of the tags in turn, evenly over time, several per message (contract time-series/v1). Some have an old time on purpose.
 *
 * <p>A message is due with its last row. With 10 rows/s and at most 4 rows per message, the messages of a second hold the rows at 0.0 to
 * 0.3 s, 0.4 to 0.7 s and 0.8 to 0.9 s.
 *
 * <p>Any thread may read the counts.
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

    /** Names such as {@code <prefix>001}. */
    private static Stream<String> names(IotConfig.TagNames names) {
        return IntStream.range(names.first(), names.first() + names.count())
                .mapToObj(number -> names.prefix() + String.format(Locale.ROOT, "%03d", number));
    }

    @Override
    public long nextDueMillis() {
        return rowMillis(nextRow + nextRows - 1);
    }

    /** The next message, which has no key and takes no faults. */
    @Override
    public Optional<Generated> next() {
        long dueMillis = nextDueMillis();
        byte[] message = message();
        planMessage();
        return Optional.of(new Generated(messages++, null, dueMillis, Map.of(), eventTimeMillis -> message, false));
    }

    /** Changes the rows per second. A rate set before the start begins at the start; setting the current rate again changes nothing. */
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

    /** Number of rows generated so far. */
    public long rows() {
        return rows.sum();
    }

    /** Number of generated rows that have an old time on purpose. */
    public long oldRows() {
        return oldRows.sum();
    }

    /** Computes how many rows the next message has: at most the configured number, and all of them in the same second. */
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
