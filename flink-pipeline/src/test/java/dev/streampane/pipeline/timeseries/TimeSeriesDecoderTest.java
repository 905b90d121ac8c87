// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.ContractFiles;
import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.decode.FetchedRecords;
import dev.streampane.pipeline.decode.RejectReason;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages that are too large for a file, what becomes of a bad row's neighbours, and bytes that nobody thought of. */
class TimeSeriesDecoderTest {

    private static final String GOOD = "2026-11-20T06:00:00Z,pu136mod-nd-011,1\r\n";
    private static final String TEXT = "2026-11-20T06:00:00Z,pu136mod-ns-021,";

    @Test
    void shouldRejectRowWithItsBytesAndKeepItsNeighbours() {
        // When
        List<Decoded<TimeSeriesRow>> rows = Decoding.of(GOOD + "2026,a,\"b\r\nc\"\r\n" + GOOD);

        // Then
        assertThat(rows).extracting(Decoded::reason).containsExactly(null, RejectReason.TYPE, null);
        assertThat(rows).extracting(row -> row.fetched().row()).containsExactly(0, 1, 2);
        assertThat(rows)
                .extracting(row -> text(row.fetched()))
                .containsExactly(GOOD.strip(), "2026,a,\"b\r\nc\"", GOOD.strip());
    }

    @Test
    void shouldRejectTheRestAsOneRowWhenAQuoteIsNeverClosed() {
        // When
        List<Decoded<TimeSeriesRow>> rows = Decoding.of(GOOD + TEXT + "\"open\r\n" + GOOD + GOOD);

        // Then
        assertThat(rows).extracting(Decoded::reason).containsExactly(null, RejectReason.NOT_CSV);
        assertThat(text(rows.get(1).fetched())).isEqualTo(TEXT + "\"open\r\n" + GOOD + GOOD);
    }

    @Test
    void shouldRejectMessageAsAWholeWhenItHasNoRows() {
        // When
        List<Decoded<TimeSeriesRow>> none = Decoding.of((byte[]) null);
        List<Decoded<TimeSeriesRow>> other = Decoding.of(FetchedRecords.of(bytes(GOOD), "reading"));
        List<Decoded<TimeSeriesRow>> big = Decoding.of(GOOD.repeat(1 << 15));

        // Then
        assertThat(none).extracting(Decoded::reason).containsExactly(RejectReason.EMPTY);
        assertThat(other).extracting(Decoded::reason).containsExactly(RejectReason.UNKNOWN_TYPE);
        assertThat(other).extracting(Decoded::message).containsExactly("header kind is \"reading\"");
        assertThat(big).extracting(Decoded::reason).containsExactly(RejectReason.TOO_BIG);
        assertThat(big).extracting(row -> row.fetched().row()).containsExactly(Fetched.WHOLE);
    }

    /** A compressed MiB of key, told again with each row, would be 64 GiB of dead letters. */
    @Test
    void shouldTellALongKeyInPartWithEachRow() {
        // Given
        var message = new Fetched("time-series", "id", 0, 0, 0, new byte[1 << 20], bytes(",\n".repeat(10_000)), null);

        // When
        List<Decoded<TimeSeriesRow>> rows = Decoding.of(message);

        // Then
        assertThat(rows).hasSize(10_000).allMatch(Decoded::rejected);
        byte[] key = rows.get(0).fetched().key();
        assertThat(key).hasSize(1024);
        assertThat(rows.stream().filter(row -> row.fetched().key() == key).count())
                .isEqualTo(10_000);
    }

    @Test
    void shouldTakeMessageOfItsOwnKind() {
        assertThat(Decoding.of(FetchedRecords.of(bytes(GOOD), "time-series")))
                .extracting(Decoded::reason)
                .containsExactly((RejectReason) null);
    }

    @Test
    void shouldReadOneMebibyteAndNoByteMore() {
        // Given
        String padding = "x".repeat(4000) + "\r\n";
        String rows = (TEXT + padding).repeat(259);
        String fits = rows + TEXT + "y".repeat((1 << 20) - rows.length() - TEXT.length());

        // Then
        assertThat(bytes(fits)).hasSize(1 << 20);
        assertThat(Decoding.of(fits)).hasSize(260).noneMatch(Decoded::rejected);
        assertThat(Decoding.of(fits + "y")).extracting(Decoded::reason).containsExactly(RejectReason.TOO_BIG);
    }

    @Test
    void shouldRejectEmptyLinesOneAfterAnotherAsOneRow() {
        // When
        List<Decoded<TimeSeriesRow>> alone = Decoding.of("\n".repeat(70_000));
        List<Decoded<TimeSeriesRow>> between = Decoding.of("\r\n\n" + TEXT + "on\n\n\r\n\n" + TEXT + "off\r\n\r\n\r");

        // Then
        assertThat(alone).extracting(Decoded::reason).containsExactly(RejectReason.EMPTY);
        assertThat(between)
                .extracting(Decoded::reason)
                .containsExactly(
                        RejectReason.EMPTY, null, RejectReason.EMPTY, null, RejectReason.EMPTY, RejectReason.NOT_CSV);
        assertThat(between).extracting(row -> row.fetched().row()).containsExactly(0, 1, 2, 3, 4, 5);
    }

    @Test
    void shouldEndAMessageOfLineBreaksWithOneReject() {
        // When
        List<Decoded<TimeSeriesRow>> rows = Decoding.of(",\n".repeat(1 << 19));

        // Then
        assertThat(rows).hasSize(65_537);
        assertThat(rows.get(65_536).reason()).isEqualTo(RejectReason.TOO_BIG);
        assertThat(rows.get(65_536).fetched().value()).hasSize((1 << 20) - 2 * 65_536);
    }

    @Test
    void shouldReadAsManyShortestRowsAsAMessageHolds() {
        // Given
        String shortest = "1970-01-01T00:00:00Z,a,0\n";

        // When
        List<Decoded<TimeSeriesRow>> rows = Decoding.of(shortest.repeat((1 << 20) / 25));

        // Then
        assertThat(rows).hasSize(41_943).noneMatch(Decoded::rejected);
    }

    @ParameterizedTest
    @CsvSource({"{\"ts\":\"2026-11-20T06:00:00Z\"},", "{},MISSING", "step,NOT_JSON", "'',EMPTY"})
    void shouldReadHeartbeatByItsKind(String json, RejectReason reason) {
        // When
        List<Decoded<TimeSeriesRow>> rows = Decoding.of(FetchedRecords.of(bytes(json), Fetched.HEARTBEAT));

        // Then
        assertThat(rows).extracting(Decoded::reason).containsExactly(reason);
        assertThat(rows.get(0).heartbeat()).isEqualTo(reason == null);
        assertThat(rows.get(0).fetched().row()).isEqualTo(Fetched.WHOLE);
        assertThat(rows.get(0).eventTime()).isEqualTo(reason == null ? 1_795_154_400_000L : 0);
    }

    @Test
    void shouldReadTimesWithoutZoneInTheJobsZone() {
        // Given
        var decoder = new TimeSeriesDecoder(ZoneId.of("Europe/Berlin"), Decoding.TYPES);
        List<Decoded<TimeSeriesRow>> rows = new ArrayList<>();

        // When
        decoder.decode(FetchedRecords.of("2026-11-20 07:00:00,a,1\r\n"), new ListCollector<>(rows));

        // Then
        assertThat(rows).extracting(Decoded::eventTime).containsExactly(1_795_154_400_000L);
    }

    @Test
    void shouldShowWhatWasWrong() {
        assertThat(messages("2026-11-20T06:00:00Z,pu136mod-ni-001,1.5\n"))
                .containsExactly("value: not a whole number: \"1.5\"");
        assertThat(messages("step,name,value\n" + GOOD)).containsExactly("step: not a time: \"step\"", null);
        assertThat(messages("2026-11-20T06:00:00Z,a\n")).containsExactly("value: missing");
        assertThat(messages("2026-11-20T06:00:00Z,a,1,2\n")).containsExactly("4 fields; allowed are 3");
        assertThat(messages(TEXT + "x".repeat(5000))).containsExactly("a field: 5000 characters; allowed are 4096");
    }

    private static List<String> messages(String message) {
        return Decoding.of(message).stream().map(Decoded::message).toList();
    }

    /** Whatever the bytes, the rows tell all of them but line breaks, in order, and nothing is unforeseen. */
    @Test
    void shouldGiveAnyBytesAnAnswer() {
        ContractFiles files = ContractFiles.of("time-series");
        List<byte[]> seeds = files.names("examples").map(files::bytes).toList();
        long seed = 20_261_120;
        var random = new Random(seed);

        for (int i = 0; i < 20_000; i++) {
            // Given
            byte[] message = seeds.get(random.nextInt(seeds.size())).clone();
            for (int changes = random.nextInt(5); changes >= 0; changes--) {
                byte change = (byte) ("\",\r\n".charAt(random.nextInt(4)));
                message[random.nextInt(message.length)] = random.nextBoolean() ? change : (byte) random.nextInt(256);
            }

            // When
            List<Decoded<TimeSeriesRow>> rows = Decoding.of(message);

            // Then
            String told = rows.stream().map(row -> latin(row.fetched().value())).collect(Collectors.joining());
            assertThat(told.replaceAll("[\r\n]", ""))
                    .as("seed %d, message %d", seed, i)
                    .isEqualTo(latin(message).replaceAll("[\r\n]", ""));
            assertThat(IntStream.range(0, rows.size()))
                    .allMatch(row -> rows.get(row).fetched().row() == row);
            assertThat(rows)
                    .allMatch(row -> row.rejected() == (row.value() == null))
                    .noneMatch(row -> row.rejected() && row.message().startsWith("unreadable"));
        }
    }

    private static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(Fetched fetched) {
        return new String(fetched.value(), StandardCharsets.UTF_8);
    }
}
