// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.ContractFiles;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;

/** A decoder says what {@link JsonFields} alone would say, and asks that for no usual message. */
public abstract class DecoderContract<T> {

    private static final List<String> PIECES = List.of(
            "{",
            "}",
            "\"",
            ":",
            ",",
            " ",
            "\n",
            "-",
            "0",
            "00",
            ".",
            "e1",
            "E-2",
            "null",
            "true",
            "\\u0041",
            "é",
            "\u0000",
            "[]",
            "{}",
            "\"ts\":",
            "\"x\":1,",
            "9999999999999",
            "0.0000005",
            "T",
            "Z",
            "+01:00",
            "\t\r");

    private final ContractFiles files;
    private final RecordDecoder<T> decoder;
    private final List<String> fields;
    private final JsonRecords.Body<T> body;
    private Counter unusual;

    /** Compares the decoder with its own body over {@link JsonFields}. */
    protected DecoderContract(
            String contract, RecordDecoder<T> decoder, List<String> fields, JsonRecords.Body<T> body) {
        this.files = ContractFiles.of(contract);
        this.decoder = decoder;
        this.fields = fields;
        this.body = body;
        decoder.open(new UnregisteredMetricsGroup() {
            @Override
            public <C extends Counter> C counter(String name, C counter) {
                unusual = counter;
                return counter;
            }
        });
    }

    /** A message that the decoder reads by itself. */
    protected abstract String usual(Random random);

    /** How many it has asked {@link JsonFields} for. */
    protected final long unusual() {
        return unusual.getCount();
    }

    @Test
    void shouldReadUsualMessagesByItself() {
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            assertThat(hold(usual(random).getBytes(UTF_8)).rejected()).isFalse();
        }

        assertThat(unusual()).isZero();
    }

    /** Both must say the same of these bytes, the message included. */
    protected final Decoded<T> hold(byte[] value) {
        Fetched fetched = FetchedRecords.of(value);
        Decoded<T> decoded = decoder.decode(fetched);
        assertThat(decoded).as(() -> new String(value, UTF_8)).isEqualTo(reference(fetched));
        return decoded;
    }

    private Decoded<T> reference(Fetched fetched) {
        try {
            if (fetched.value().length == 0) {
                throw new Rejection(RejectReason.EMPTY, "no value");
            }
            return body.decode(fetched, JsonFields.read(fetched.value(), fields));
        } catch (Rejection rejection) {
            return Decoded.rejected(fetched, rejection.reason(), rejection.getMessage());
        }
    }

    /** Of every file of the contract, and of what random changes make of these and of usual messages. */
    @Test
    void shouldSayOfAnyBytesWhatJsonFieldsSay() {
        List<byte[]> seeds = Stream.of("examples", "future", "rejected")
                .flatMap(files::names)
                .map(files::bytes)
                .toList();
        seeds.forEach(this::hold);
        var random = new Random(20_261_121);
        for (int i = 0; i < 100_000; i++) {
            byte[] seed = random.nextInt(4) == 0
                    ? seeds.get(random.nextInt(seeds.size()))
                    : usual(random).getBytes(UTF_8);
            var text = new StringBuilder(new String(seed, ISO_8859_1));
            for (int changes = random.nextInt(3); changes >= 0; changes--) {
                mutate(text, random);
            }
            hold(text.toString().getBytes(ISO_8859_1));
        }

        assertThat(unusual()).isPositive();
    }

    private static void mutate(StringBuilder text, Random random) {
        int at = random.nextInt(text.length() + 1);
        int to = Math.min(text.length(), at + random.nextInt(12));
        switch (random.nextInt(4)) {
            case 0 -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
            case 1 -> text.delete(at, to);
            case 2 -> text.insert(at, text.substring(at, to));
            default -> text.replace(at, Math.min(text.length(), at + 1), String.valueOf((char) random.nextInt(256)));
        }
    }

    /** An object of these members in any order, with white space anywhere. */
    protected static String object(Random random, String... members) {
        var shuffled = new ArrayList<>(List.of(members));
        Collections.shuffle(shuffled, random);
        var text = new StringBuilder();
        for (String member : shuffled) {
            int colon = member.indexOf("\":") + 1;
            text.append(space(random))
                    .append(text.toString().isBlank() ? '{' : ',')
                    .append(space(random));
            text.append(member, 0, colon).append(space(random)).append(':').append(space(random));
            text.append(member.substring(colon + 1));
        }
        return text.append(space(random)).append('}').append(space(random)).toString();
    }

    private static String space(Random random) {
        return random.nextInt(5) > 0 ? "" : " \t\r\n".substring(random.nextInt(4));
    }

    /** A number with up to this many decimals. */
    protected static String number(Random random, int maxDecimals) {
        int decimals = random.nextInt(maxDecimals + 1);
        String sign = random.nextInt(4) == 0 ? "-" : "";
        String whole = String.valueOf(random.nextInt(4) == 0 ? 0 : random.nextInt(1_000));
        String digits = String.valueOf(1_000_000 + random.nextInt(1_000_000)).substring(1, 1 + decimals);
        return sign + whole + (decimals == 0 ? "" : '.' + digits);
    }

    /** A time, with a zone or in the legacy form. */
    protected static String time(Random random) {
        String day = (1970 + random.nextInt(100))
                + "-"
                + twoDigits(1 + random.nextInt(12))
                + '-'
                + twoDigits(1 + random.nextInt(28));
        String clock = twoDigits(random.nextInt(24))
                + ':'
                + twoDigits(random.nextInt(60))
                + ':'
                + twoDigits(random.nextInt(60));
        if (random.nextInt(3) == 0) {
            return '"' + day + ' ' + clock + '"';
        }
        String fraction =
                String.valueOf(1_000_000_000 + random.nextInt(1_000_000_000)).substring(1, 1 + random.nextInt(10));
        return '"' + day + 'T' + clock + (fraction.isEmpty() ? "" : '.' + fraction) + "Z\"";
    }

    private static String twoDigits(int number) {
        return number < 10 ? "0" + number : Integer.toString(number);
    }
}
