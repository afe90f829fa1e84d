/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Named pipe server: an instance and a thread for each client.
 *
 * Usage: `server [CLIENTS]`: ends after that many clients, or at Ctrl+C.
 *
 * Read main first, then accept_clients, serve_client and end_thread.
 *
 * @see https://learn.microsoft.com/windows/win32/ipc/multithreaded-pipe-server
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "protocol.h"

static atomic_bool stopping;  // Ctrl+C was pressed:
static HANDLE stop_event;     // wakes main then
static long client_limit;     // 0: none

/* The clients' threads: used by the accepting thread while that runs, and by
 * main afterwards.  So no lock is needed. */
static HANDLE *threads;
static size_t thread_count;

/** Tells whether a thread has ended; does not wait for it. */
static bool has_ended(HANDLE thread)
{
    DWORD result = WaitForSingleObject(thread, 0);
    if (result == WAIT_FAILED)
        die("WaitForSingleObject");
    return result == WAIT_OBJECT_0;
}

/** Reports a failure, unless the client has left or Ctrl+C was pressed. */
static void report_failure(const char *call, DWORD error)
{
    if (error != ERROR_BROKEN_PIPE && error != ERROR_NO_DATA
        && error != ERROR_OPERATION_ABORTED)
        report_error(call, error);
}

/** A client's thread: sends back whatever comes, then closes the pipe. */
static DWORD WINAPI serve_client(void *argument)
{
    HANDLE pipe = argument;
    char data[MESSAGE_MAX];
    DWORD bytes_read, bytes_written;

    while (!stopping) {
        if (!ReadFile(pipe, data, sizeof data, &bytes_read, NULL)) {
            report_failure("ReadFile", GetLastError());
            break;
        }
        if (!WriteFile(pipe, data, bytes_read, &bytes_written, NULL)) {
            report_failure("WriteFile", GetLastError());
            break;
        }
        printf("sent %lu bytes back\n", bytes_written);
        fflush(stdout);
    }
    CloseHandle(pipe);
    return EXIT_SUCCESS;
}

/** Keeps a client's thread, and closes the handles of those that ended. */
static void keep_thread(HANDLE thread)
{
    size_t kept = 0;
    for (size_t i = 0; i < thread_count; i++)
        if (has_ended(threads[i]))
            CloseHandle(threads[i]);
        else
            threads[kept++] = threads[i];

    HANDLE *room = realloc(threads, (kept + 1) * sizeof *threads);
    if (room == NULL) {
        report_error("realloc", ERROR_NOT_ENOUGH_MEMORY);
        exit(EXIT_FAILURE);
    }
    threads = room;
    threads[kept] = thread;
    thread_count = kept + 1;
}

/** Makes one more instance of the pipe. */
static HANDLE create_instance(void)
{
    HANDLE pipe = CreateNamedPipeW(
        PIPE_NAME,
        PIPE_ACCESS_DUPLEX,  // both directions
        PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT
            | PIPE_REJECT_REMOTE_CLIENTS,
        PIPE_UNLIMITED_INSTANCES,
        MESSAGE_MAX,  // output buffer, bytes
        MESSAGE_MAX,  // input buffer, bytes
        0,            // default time-out
        NULL);        // default security
    if (pipe == INVALID_HANDLE_VALUE)
        die("CreateNamedPipeW");
    return pipe;
}

/** Starts a thread that runs a function with an argument. */
static HANDLE start_thread(LPTHREAD_START_ROUTINE function, HANDLE argument)
{
    HANDLE thread = CreateThread(
        NULL,  // default security
        0,     // default stack
        function,
        argument,
        0,      // runs at once
        NULL);  // its identifier is not needed
    if (thread == NULL)
        die("CreateThread");
    return thread;
}

/** The accepting thread: waits for one client after another. */
static DWORD WINAPI accept_clients(void *argument)
{
    HANDLE pipe = argument;
    for (long n = 1; pipe != NULL && !stopping; n++) {
        if (!ConnectNamedPipe(pipe, NULL)) {
            DWORD error = GetLastError();
            if (error == ERROR_OPERATION_ABORTED)
                break;  // Ctrl+C
            /* 535: it came before the call.  232: it has left again, too, and
             * what it wrote can still be read. */
            if (error != ERROR_PIPE_CONNECTED && error != ERROR_NO_DATA)
                die("ConnectNamedPipe");
        }
        /* First the next instance: there must always be one for a client to
         * open, however soon this one leaves. */
        HANDLE next = n == client_limit ? NULL : create_instance();
        HANDLE thread = start_thread(serve_client, pipe);
        keep_thread(thread);
        pipe = next;
    }
    if (pipe != NULL)
        CloseHandle(pipe);
    return EXIT_SUCCESS;
}

/** Windows calls this at Ctrl+C, on a thread of its own. */
static BOOL WINAPI on_ctrl_c(DWORD event)
{
    (void)event;
    stopping = true;
    if (!SetEvent(stop_event))
        die("SetEvent");
    return TRUE;  // it is handled: the process goes on
}

/** Waits until a thread has ended; after Ctrl+C, makes it end. */
static void end_thread(HANDLE thread)
{
    HANDLE either[] = {thread, stop_event};
    DWORD result = WaitForMultipleObjects(2, either, FALSE, INFINITE);
    if (result == WAIT_FAILED)
        die("WaitForMultipleObjects");

    /* It may be between two calls, and then there is nothing to cancel, which
     * is error 1168: so again and again. */
    while (!has_ended(thread)) {
        if (!CancelSynchronousIo(thread) && GetLastError() != ERROR_NOT_FOUND)
            die("CancelSynchronousIo");
        Sleep(1);
    }
    CloseHandle(thread);
}

/** Starts the accepting thread, and waits for the end of all threads. */
int main(int argc, char *argv[])
{
    use_utf8_console();

    if (argc > 1) {
        char *end;
        client_limit = strtol(argv[1], &end, 10);
        if (argc > 2 || *end != '\0' || client_limit <= 0) {
            fprintf(stderr, "usage: server [CLIENTS]\n");
            return EXIT_USAGE;
        }
    }

    stop_event = CreateEventW(
        NULL,   // default security
        TRUE,   // stays set
        FALSE,  // not set yet
        NULL);  // no name
    if (stop_event == NULL)
        die("CreateEventW");
    if (!SetConsoleCtrlHandler(on_ctrl_c, TRUE))
        die("SetConsoleCtrlHandler");

    HANDLE pipe = create_instance();
    printf("ready\n");
    fflush(stdout);

    end_thread(start_thread(accept_clients, pipe));
    for (size_t i = 0; i < thread_count; i++)
        end_thread(threads[i]);
    free(threads);
    if (!SetConsoleCtrlHandler(on_ctrl_c, FALSE))
        die("SetConsoleCtrlHandler");
    CloseHandle(stop_event);
    return EXIT_SUCCESS;
}
