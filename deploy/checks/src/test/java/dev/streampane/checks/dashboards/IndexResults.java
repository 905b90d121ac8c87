// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.dashboards;

import dev.streampane.checks.facts.ClassPaths;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The documents that index-results makes of records, by its own decoder. */
final class IndexResults implements AutoCloseable {

    static final String ALERTS = "alerts";
    static final String AUDIT = "audit";

    private static final String PIPELINE = "dev.streampane.pipeline.";
    private static final Instant APPENDED = Instant.parse("2026-11-20T06:00:00Z");
    private static final String TOPIC_ID = "3wQ9gkVQTeS5FEOdKvs_-A";

    private final URLClassLoader jar;
    private final Constructor<?> fetched;
    private final Object decoder;
    private long offset;

    /** A document and where it goes. */
    record Document(String index, String id, String source) {}

    IndexResults() throws IOException, ReflectiveOperationException {
        jar = ClassPaths.openJobs();
        fetched = Stream.of(type("decode.Fetched").getConstructors())
                .filter(it -> it.getParameterCount() == 8)
                .findFirst()
                .orElseThrow();
        decoder = made("indexing.IndexedDecoder", ALERTS, AUDIT);
    }

    /** Those of the next record of a topic. */
    List<Document> write(String topic, String value) throws ReflectiveOperationException {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        Object record = fetched.newInstance(topic, TOPIC_ID, 0, offset++, APPENDED.toEpochMilli(), null, bytes, null);
        Object decoded = call(decoder, "decode", record);
        Object request = call(decoded, "value");
        if (request == null) {
            throw new AssertionError(call(decoded, "message") + ": " + value);
        }
        List<Document> documents = new ArrayList<>();
        for (Object document : (List<?>) call(request, "documents")) {
            documents.add(new Document(
                    (String) call(document, "index"),
                    (String) call(document, "id"),
                    new String((byte[]) call(document, "source"), StandardCharsets.UTF_8)));
        }
        return documents;
    }

    private Class<?> type(String name) throws ClassNotFoundException {
        return Class.forName(PIPELINE + name, true, jar);
    }

    private Object made(String name, Object... arguments) throws ReflectiveOperationException {
        Constructor<?> constructor = type(name).getDeclaredConstructors()[0];
        constructor.setAccessible(true);
        return constructor.newInstance(arguments);
    }

    private static Object call(Object target, String name, Object... arguments) throws ReflectiveOperationException {
        Class<?> type = target.getClass();
        Method method = Stream.of(type.getDeclaredMethods(), type.getMethods())
                .flatMap(Arrays::stream)
                .filter(one ->
                        one.getName().equals(name) && one.getParameterCount() == arguments.length && !one.isBridge())
                .findFirst()
                .orElseThrow(() -> new NoSuchMethodException(name));
        method.setAccessible(true);
        return method.invoke(target, arguments);
    }

    @Override
    public void close() throws IOException {
        jar.close();
    }
}
